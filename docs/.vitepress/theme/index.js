// VitePress's own theme, with formulas, examples that run, and the page of playground/.
import "katex/dist/katex.min.css";
import DefaultTheme from "vitepress/theme";
import LiveExample from "./LiveExample.vue";
import PlaygroundFrame from "./PlaygroundFrame.vue";
import "./style.css";

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component("LiveExample", LiveExample);
    app.component("PlaygroundFrame", PlaygroundFrame);
  },
};
