// Says whether this element is inside another, through shadow trees.
function (other) {
  for (let node = this.parentNode ?? this.host; node; node = node.parentNode ?? node.host) {
    if (node === other) return true;
  }
  return false;
}
