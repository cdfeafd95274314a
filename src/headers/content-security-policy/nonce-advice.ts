/**
 * What to do if `'strict-dynamic'` blocked a script element in the HTML, which no host and no `'self'` can allow. CSP3 §8.2.
 *
 * @param address of the script, if known.
 * @param list where its nonce would be added, such as `contentSecurityPolicy: { scriptSrc: append(nonce) }`; undefined where there is one.
 */
export function nonceAdvice(address: string, list: string | undefined): string {
  const first = list === undefined ? "" : `Add ${list}. `;
  return `${first}Add nonce="…" to the tag <script src=${JSON.stringify(address)}> in the HTML: beside 'strict-dynamic' neither hosts nor 'self' count.`;
}
