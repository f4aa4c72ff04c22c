/**
 * A declaration that lost its value: browsers can't write the rest of a
 * shorthand with var() of which a later declaration overrides a part. An empty
 * custom property is none.
 */
const LOST = /[{;]\s*-?[a-z][a-z-]*: +(?:;|!i)/;

/** What refers to a file, but for fragments and what holds its own data. */
const REFERENCE = /url\(\s*(["']?)(?!#|data:)([^"')\\]+)\1\s*\)/gi;

/**
 * Mends the text that rrweb made of an element's style sheet, among the
 * attributes of an event: a <style> gets what it says in the page, a link the
 * address that the recorder knows the text of.
 */
export function mend(attributes: { [name: string]: unknown }, el?: Element): void {
  if (!el || !LOST.test(String(attributes._cssText))) return;
  const { href, sheet } = el as HTMLLinkElement;
  if (href) attributes.rr_href = href;
  else if (sheet && unchanged(sheet, el.textContent)) {
    // rrweb tells the texts of several nodes apart by this mark.
    attributes._cssText = Array.from(el.childNodes, (node) => node.textContent)
      .join('/* rr_split */')
      .replace(REFERENCE, (all, _, url) => {
        try {
          return `url("${new URL(url, el.baseURI)}")`;
        } catch {
          return all;
        }
      });
  }
}

/** Whether a sheet still has the rules of its text: scripts may have changed them. */
function unchanged(sheet: CSSStyleSheet, text: string): boolean {
  const rules = (of: CSSStyleSheet) => Array.from(of.cssRules, (rule) => rule.cssText).join();
  try {
    const fresh = new CSSStyleSheet();
    fresh.replaceSync(text);
    return rules(fresh) === rules(sheet);
  } catch {
    return false; // The browser can't make sheets.
  }
}
