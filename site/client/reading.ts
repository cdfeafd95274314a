/** Scrolls the navigation so that the current page is in view. */
export function showCurrent(): void {
  const navigation = document.querySelector<HTMLElement>("#navigation");
  const current = navigation?.querySelector<HTMLElement>("[aria-current]");
  if (!navigation || !current || navigation.clientHeight === 0) return;
  const offset = current.getBoundingClientRect().top - navigation.getBoundingClientRect().top;
  if (offset > navigation.clientHeight * 0.8) navigation.scrollTop = offset - navigation.clientHeight / 3;
}

/** Marks the section that is being read in the table of contents. */
export function followContents(): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".contents a")];
  const headings = links.flatMap((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))) ?? []);
  if (headings.length === 0) return;
  const mark = () => {
    const passed = headings.findLastIndex((heading) => heading.getBoundingClientRect().top < 120);
    links.forEach((link, index) => {
      link.classList.toggle("current", index === passed);
    });
  };
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  };
  addEventListener("scroll", later, { passive: true });
  mark();
}

/** Code and tables that do not scroll need no focus. Without this script all of them have it, so that those that scroll do by keyboard. */
export function releaseUnscrollable(): void {
  for (const box of document.querySelectorAll<HTMLElement>("main [tabindex='0']")) {
    const watch = new ResizeObserver(() => {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
    watch.observe(box);
  }
}
