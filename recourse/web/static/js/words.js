// The sentences that scripts say, translated by the server.
const said = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

export function word(name, fields = {}) {
  const pattern = said[name] ?? name;
  return pattern.replace(/%\((\w+)\)[sd]/g, (_, field) => fields[field] ?? "").replaceAll("%%", "%");
}
