// Lists the elements that a selector part finds inside this: an element (its
// shadow tree, if it has one) or, for the window, the document.
function (kind, value) {
  const scope = this === window ? document : this.shadowRoot ?? this;

  const roots = (root, list = [root]) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) roots(element.shadowRoot, (list.push(element.shadowRoot), list));
    }
    return list;
  };
  const pierce = (selector) => roots(scope).flatMap((root) => [...root.querySelectorAll(selector)]);

  const words = (text) => text.replace(/\s+/g, " ").trim();
  const textOf = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node instanceof HTMLScriptElement || node instanceof HTMLStyleElement) return "";
    if (node instanceof HTMLInputElement) return /^(button|submit|reset)$/.test(node.type) ? node.value : "";
    return [...(node.shadowRoot ?? node).childNodes].map(textOf).join("");
  };
  const smallest = (node, wanted, found) => {
    let inner = false;
    for (const child of (node.shadowRoot ?? node).children) {
      if (!words(textOf(child)).includes(wanted)) continue;
      inner = true;
      if (!smallest(child, wanted, found)) found.push(child);
    }
    return inner;
  };

  switch (kind) {
    case "css":
      return [...scope.querySelectorAll(value)];
    case "pierce":
      return pierce(value);
    case "text": {
      const found = [];
      smallest(scope === document ? document.body ?? document.documentElement : scope, words(value), found);
      return found;
    }
    case "xpath": {
      const nodes = document.evaluate(value, scope, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE);
      return Array.from({ length: nodes.snapshotLength }, (_, i) => nodes.snapshotItem(i)).filter((node) => node instanceof Element);
    }
  }
  throw new Error("unknown kind of selector: " + kind);
}
