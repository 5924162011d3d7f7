// What the command line loads when a report is asked for: drawing takes longer to load than solving.

import { version } from "../../package.json";
import type { Economy } from "../economy/economy.js";
import type { Manifest, PartNote } from "../parts/manifest.js";
import type { Study } from "../study/study.js";
import type { Walras } from "../walras.js";
import { economySections } from "./economy.js";
import { svgFile } from "./figures.js";
import { page, type Section } from "./page.js";
import { studySections } from "./study.js";
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

/** The report of a study. */
export function reportStudy(study: Study): Report {
  const { processor, cores, platform, node, engine } = study.host;
  const where = `Times were measured on ${processor} (${cores === 1 ? "one core" : `${cores} cores`}, ${platform}) in Node ${node}. Everything else is the same wherever this engine runs; the seed is ${study.seed}.`;
  const stopped = study.isWhole ? [] : ["The study was stopped before its end: what is missing was not measured."];
  return reportOf("How Adam performs, and what differences between agents do", studySections(study), [
    ...[...stopped, where, madeBy(engine)],
  ]);
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
