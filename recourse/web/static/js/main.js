// Starts every behaviour. Each module looks for its own data attribute and does nothing without it.
import "./csrf.js";
import "./failures.js";
import "./focus.js";
import "./dialogs.js";
import "./keys.js";
import "./palette.js";
import "./live.js";
import "./draft.js";
import "./toasts.js";
import "./list.js";
import "./time.js";
import "./confirm.js";
import "./copy.js";
import "./presence.js";
import "./opens.js";
import "./theme.js";

document.documentElement.classList.add("has-js");
