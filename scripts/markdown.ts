// GitHub's own rule for anchors, which has a table of Unicode in it.
import GithubSlugger from "github-slugger";

const FENCE = /^(```|~~~)[^\n]*\n[\s\S]*?^\1[^\n]*$/gm;
const CODE = /`[^`\n]*`/g;

/** The targets of links and pictures, but not of examples in code. */
export function linksIn(text: string): string[] {
  const prose = text.replaceAll(FENCE, "").replaceAll(CODE, "");
  return [...prose.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(([, target = ""]) => target);
}

/** The anchors that GitHub gives to a page's headings. */
export function anchorsIn(text: string): Set<string> {
  const slugger = new GithubSlugger();
  const headings = text.replaceAll(FENCE, "").matchAll(/^#{1,6} +(.*?)(?: +#+)? *$/gm);
  return new Set([...headings].map(([, heading = ""]) => slugger.slug(shown(heading))));
}

/** A heading without its marks. */
const shown = (heading: string): string =>
  heading.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/`|\*\*?|(?<=\W|^)_|_(?=\W|$)/g, "");

export const isLocal = (target: string): boolean => !/^[a-z][a-z0-9+.-]*:/i.test(target);
