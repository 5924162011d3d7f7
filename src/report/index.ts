// What the command line loads when a report is asked for: drawing takes longer to load than solving.

import { version } from "../../package.json";
import type { Economy } from "../economy/economy.js";
import type { Manifest, PartNote } from "../parts/manifest.js";
import type { Walras } from "../walras.js";
import { economySections } from "./economy.js";
import { svgFile } from "./figures.js";
import { page, type Section } from "./page.js";
import { sweepSections } from "./sweep.js";

/** A page, and its figures as files. */
export interface Report {
  readonly html: string;
  readonly figures: readonly { readonly name: string; readonly svg: string }[];
}

/** The report of an economy. */
export function reportEconomy(walras: Walras, economy: Economy): Report {
  const sections = economySections(walras, economy);
  return reportOf(economy.name ?? "An exchange economy", sections, [madeBy(walras.engine)]);
}

/** The report of a sweep's folder. */
export async function reportSweep(folder: string, manifest: Manifest, notes: readonly PartNote[]): Promise<Report> {
  const sections = await sweepSections(folder, manifest, notes);
  return reportOf(manifest.specification.name ?? "A sweep", sections, [madeBy(manifest.engine)]);
}

function madeBy(engine: string): string {
  return `Made by walras ${version} (engine ${engine}).`;
}

function reportOf(title: string, sections: readonly Section[], footer: readonly string[]): Report {
  const figures = sections.flatMap(({ figures = [] }) => figures);
  return {
    html: page(title, sections, footer),
    figures: figures.map((figure) => ({ name: `${figure.id}.svg`, svg: svgFile(figure) })),
  };
}
