import { find } from './scrub';

/** Elements that do not end a line of text; custom ones do not either. */
const INLINE =
  /^(?:A|ABBR|B|BD[IO]|BIG|CITE|CODE|DATA|DEL|DFN|EM|FONT|I|INS|KBD|LABEL|MARK|NOBR|Q|S|SAMP|SMALL|SPAN|STRIKE|STRONG|SU[BP]|TIME|TT|U|VAR|WBR|.*-.*)$/i;

/**
 * Finds values that lie across text nodes: of the lines that the nodes are in,
 * those nodes that hold a part of one.
 */
export function acrossNodes(nodes: Iterable<Node>, growing: boolean): Set<Node> {
  const parts = new Set<Node>();
  const blocks = new Set<Node>();
  for (const node of nodes) {
    let block = node.parentNode;
    while (block && INLINE.test(block.nodeName)) block = block.parentNode;
    if (
      !block ||
      blocks.has(block) ||
      (block === node.parentNode && block.childNodes.length === 1)
    ) {
      continue;
    }
    blocks.add(block);
    for (const line of lines(block)) search(line, growing, parts);
  }
  return parts;
}

/** The text nodes below a block, line by line. */
function lines(block: Node): Text[][] {
  const found: Text[][] = [[]];
  const visit = (parent: Node) => {
    for (const child of parent.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) found.at(-1)?.push(child as Text);
      else if (INLINE.test(child.nodeName)) visit(child);
      else if (child.nodeType === Node.ELEMENT_NODE) found.push([]);
    }
  };
  visit(block);
  return found;
}

function search(line: Text[], growing: boolean, parts: Set<Node>): void {
  if (line.length < 2) return;
  for (const [start, end] of find(line.map((n) => n.data).join(''), growing)) {
    let at = 0;
    const touched = line.filter((n) => {
      const begin = at;
      at += n.data.length;
      return begin < end && at > start;
    });
    if (touched.length > 1) for (const n of touched) parts.add(n);
  }
}
