// Most elements look the same whether the pointer is over them or not. To know
// that saves drawing a page each time the pointer enters another node. And rules
// for the class attribute as a whole must not see rrweb's class in it.

import { MARK } from './hover';

/** Pseudo-elements: two colons begin them, or one where that is their old name. */
const PSEUDO_ELEMENT = /::[-\w]+(\([^)]*\))?|:(before|after|first-line|first-letter)(?![-\w])/g;

/** Pseudo-classes with an argument. */
const FUNCTION = /:([-\w]+)\((?:[^()]|\([^()]*\))*\)/g;

/** Selectors of the class attribute as a whole, which rrweb's class is in the way of. */
const WHOLE_CLASS = /\[class(?:(\$?=)"((?:[^"\\]|\\.)*)")?\]/g;
/** What the class is known by in those. */
const ALONE = ':hover"]';

/** A selector of the whole attribute that disregards rrweb's class: `p:not([class])`. */
function disregarding(selector: string): string {
  if (selector.includes(ALONE)) return selector; // it does already
  return selector.replace(WHOLE_CLASS, (whole, operator?: string, value?: string) =>
    operator
      ? `:is(${whole}, [class${operator}"${value}${value && ' '}${ALONE})`
      : `${whole}:where(:not([class="${ALONE}))`,
  );
}

export class HoverRules {
  /** By style sheet: what the rules for hovered elements match but for the hover. */
  private selectors = new WeakMap<CSSStyleSheet, string>();

  /** Forgets the rules, some of which have changed. */
  forget(): void {
    this.selectors = new WeakMap();
  }

  /** Says whether it can be seen that the pointer entered or left the elements. */
  affect(elements: Iterable<Element>, roots: Iterable<Document | ShadowRoot>): boolean {
    const touched = [...elements];
    if (touched.length === 0) return false;
    const sheets = [...roots].flatMap((root) => [...root.styleSheets, ...root.adoptedStyleSheets]);
    const selectors = sheets.map((sheet) => this.of(sheet)).filter((selector) => selector !== '');
    return selectors.some((selector) => touched.some((element) => element.matches(selector)));
  }

  private of(sheet: CSSStyleSheet): string {
    let selector = this.selectors.get(sheet);
    if (selector === undefined) {
      const found = new Set<string>();
      try {
        collect(sheet.cssRules, '', found);
      } catch {
        return ''; // of another origin: no rule of it follows rrweb's class
      }
      selector = found.has('*') ? '*' : [...found].join(',');
      this.selectors.set(sheet, selector);
    }
    return selector;
  }
}

/** Adds what the rules' hovered elements match. outer is what `&` stands for. */
function collect(rules: CSSRuleList, outer: string, found: Set<string>): void {
  for (const rule of rules) {
    const { selectorText, cssRules, styleSheet } = rule as Partial<
      CSSStyleRule & CSSGroupingRule & CSSImportRule
    >;
    if (selectorText?.includes('[class'))
      (rule as CSSStyleRule).selectorText = disregarding(selectorText);
    if (selectorText && follows(selectorText)) {
      for (const compound of compounds(selectorText))
        if (follows(compound)) found.add(bare(compound, outer));
    }
    if (cssRules?.length) collect(cssRules, selectorText ?? outer, found);
    if (styleSheet) collect(styleSheet.cssRules, '', found);
  }
}

/** Splits a list of selectors where elements change: at commas and combinators. */
function compounds(list: string): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (const [token] of list.matchAll(/\\.|"(?:\\.|[^"])*"|'(?:\\.|[^'])*'|./gsu)) {
    if (token === '(' || token === '[') depth++;
    if (token === ')' || token === ']') depth--;
    if (depth === 0 && /^[\s,>+~]$/.test(token)) {
      parts.push(part);
      part = '';
    } else {
      part += token;
    }
  }
  return [...parts, part];
}

/** Whether what a selector matches depends on rrweb's class for hovered elements. */
function follows(selector: string): boolean {
  return selector.includes(MARK);
}

/** A compound selector without the hover; `*` where the hover is another element's. */
function bare(compound: string, outer: string): string {
  let elsewhere = false;
  const own = compound
    .replace(FUNCTION, (whole, name: string) => {
      if (!follows(whole)) return whole;
      elsewhere ||= !/^(not|is|where)$/.test(name) || /[\s>+~]/.test(whole.replaceAll(', ', ','));
      return '';
    })
    .replaceAll(MARK, '')
    .replace(PSEUDO_ELEMENT, '')
    .replaceAll('&', outer ? `:is(${outer})` : '');
  return elsewhere || own === '' || !valid(own) ? '*' : own;
}

function valid(selector: string): boolean {
  try {
    document.createDocumentFragment().querySelector(selector);
    return true;
  } catch {
    return false;
  }
}
