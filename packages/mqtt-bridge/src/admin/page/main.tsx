import { render } from "preact";
import { App, keptLanguage } from "./app.tsx";
import { Live } from "./live.ts";
import { loadWords } from "./words.ts";

const live = new Live();
const root = document.getElementById("page");
if (root === null) throw new Error("the page has no place for its content");
void live.start();
await loadWords(keptLanguage());
render(<App live={live} />, root);
