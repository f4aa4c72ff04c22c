// Says how a value gets into this element.
function () {
  const typed = /^(text|email|password|search|tel|url|number)$/;
  let kind = "set";
  if (this instanceof HTMLSelectElement) kind = "select";
  else if (this instanceof HTMLTextAreaElement || (this instanceof HTMLInputElement && typed.test(this.type))) kind = "type";
  else if (this.isContentEditable) kind = "write";
  let root = this.getRootNode();
  return {
    kind,
    value: kind === "write" ? this.innerText.trim() : String(this.value ?? ""),
    focused: root.activeElement === this,
  };
}
