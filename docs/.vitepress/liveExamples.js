// Makes a live example of every snippet of code: of each fence of ts or js that shows no file. Such snippets are plain
// JavaScript. Those of a page are one program, of which a reader runs the beginning up to a snippet.

/** A plugin of markdown-it: puts the component LiveExample around what the fence is rendered to. */
export function liveExamples(md) {
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, index, ...others) => {
    const html = fence(tokens, index, ...others);
    const isCode = /^(ts|js)$/.test(tokens[index].info.trim());
    const isFile = /<!-- (file|not run): /.test(tokens[index - 1]?.content ?? "");
    if (!isCode || isFile) return html;
    return `<LiveExample code="${encodeURIComponent(tokens[index].content)}">${html}</LiveExample>\n`;
  };
}
