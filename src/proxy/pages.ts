const PAGES = {
  400: ["Bad request", "This request cannot be passed on."],
  408: ["Request timeout", "This request took too long to arrive."],
  417: ["Expectation failed", "This server does not support the Expect header of this request."],
  431: ["Request header fields too large", "The headers of this request, cookies among them, are too long or too many."],
  500: ["Internal server error", "The policy of this response failed."],
  501: ["Not implemented", "This server does not support the method of this request."],
  502: ["Bad gateway", "The application behind this proxy does not respond."],
  504: ["Gateway timeout", "The application behind this proxy did not respond in time."],
  508: ["Loop detected", "This proxy sent the request to itself: its target leads back to it."],
} as const;

/** The statuses of error pages. */
export type PageStatus = keyof typeof PAGES;

/** The HTML of an error page. */
export function pageOf(status: PageStatus): string {
  const [title, text] = PAGES[status];
  return `<!doctype html>\n<html lang="en">\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`;
}
