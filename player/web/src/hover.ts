// rrweb shows what is hovered by a class, and rewrites the style sheets of
// snapshots for it. Rules that come by themselves, or from a file, are rewritten
// here.

const REAL = ':hover';
/** rrweb's class for a hovered element, as a selector. */
export const MARK = '.\\:hover';

/** A selector or style sheet with rrweb's class in place of hover. */
export function marked(css: string): string {
  return css.replace(/(?<!\\):hover(?![-\w])/g, MARK);
}

/** Makes the rules of a style sheet, or of a group in it, follow rrweb's class. */
export function followHover(sheet: CSSStyleSheet | CSSGroupingRule | null): void {
  for (const rule of sheet?.cssRules ?? []) {
    const { selectorText, cssRules, styleSheet } = rule as Partial<
      CSSStyleRule & CSSGroupingRule & CSSImportRule
    >;
    if (selectorText?.includes(REAL) && !selectorText.includes(MARK))
      (rule as CSSStyleRule).selectorText = marked(selectorText);
    if (cssRules?.length) followHover(rule as CSSGroupingRule);
    if (styleSheet) followHover(styleSheet);
  }
}

/** Makes a style sheet from a file follow rrweb's class when it is there. */
export function followHoverOf(link: HTMLLinkElement): void {
  link.crossOrigin ??= 'anonymous'; // else its rules can't be read
  link.addEventListener('load', () => {
    try {
      followHover(link.sheet);
    } catch {
      // The rules can't be read: the page shows them without hover.
    }
  });
}
