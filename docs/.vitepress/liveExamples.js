// Makes a live example of every snippet of code: of each fence of ts or js that shows no file and that a comment does
// not exclude. Such snippets are plain JavaScript. Those of a page are one program, of which a reader runs the beginning
// up to a snippet. In the reference each goes on from the first of its page alone: that of a class, before those of its
// methods.

/** A plugin of markdown-it: puts the component LiveExample around what the fence is rendered to. */
export function liveExamples(md) {
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, index, ...others) => {
    const html = fence(tokens, index, ...others);
    const isCode = /^(ts|js)$/.test(tokens[index].info.trim());
    const isStill = /<!-- (file|not run|not live): /.test(tokens[index - 1]?.content ?? "");
    if (!isCode || isStill) return html;
    const alone = others[1]?.relativePath?.startsWith("api/") ? " alone" : "";
    return `<LiveExample${alone} code="${encodeURIComponent(tokens[index].content)}">${html}</LiveExample>\n`;
  };
}
