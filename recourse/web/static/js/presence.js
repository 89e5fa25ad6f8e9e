// data-presence="<url>": tells the desk that one is here (and writing), and shows who else is.
import { send } from "./csrf.js";
import { onto } from "./onto.js";

const BEAT = 20000;

onto("[data-presence]", (place) => {
  let typedAt = 0;
  let timer = 0;

  async function beat() {
    if (!place.isConnected) return clearInterval(timer);
    if (document.hidden) return undefined;
    const body = new FormData();
    body.set("doing", Date.now() - typedAt < BEAT ? "writing" : "reading");
    try {
      const answer = await send(place.dataset.presence, body);
      if (!answer.ok) return undefined;
      const html = await answer.text();
      if (place.innerHTML !== html) place.innerHTML = html;
    } catch {
      // the live indicator already says that the connection is gone
    }
    return undefined;
  }

  document.addEventListener("input", (event) => {
    if (!event.target.closest("form[data-draft]")) return;
    const isNew = Date.now() - typedAt > BEAT;
    typedAt = Date.now();
    if (isNew) beat();
  });
  timer = setInterval(beat, BEAT);
  beat();
});
