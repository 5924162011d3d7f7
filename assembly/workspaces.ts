// How much memory each solver needs.

import * as bulk from "./bulk";
import * as economy from "./economy/economy";
import { openWorkspace, workspaceLength } from "./economy/workspace";
import * as enumeration from "./equilibria/enumeration";
import { multistartLength } from "./equilibria/multistart";
import * as proof from "./equilibria/proof/branchAndBound";
import * as shares from "./market/shares";
import * as adam from "./planner/adam";
import { Solver } from "./protocol";
import * as solvers from "./solverWorkspaces";

/** The same as in solverWorkspaces.ts, for all solvers. */
export function workspaceFor(solver: i32, agents: i32, goods: i32, economies: i32): f64 {
  economy.setSize(agents, goods, economies);
  if (solver === Solver.MULTISTART) return multistartLength();
  if (solver === Solver.LISTS) return bulk.equilibriaManyLength();
  openWorkspace(0);
  if (solver === Solver.ADAM) adam.bind(0, 0);
  else if (solver === Solver.ADAM_SINGLE) adam.bind(0, 1);
  else if (solver === Solver.ENUMERATION) enumeration.bind(0, goods === 2 ? 1 : 0);
  else if (solver === Solver.PROOF_GOODS) proof.bind(0, 1);
  else if (solver === Solver.PROOF_AGENTS) proof.bind(0, 0);
  else if (solver === Solver.SHARES) shares.bind(0);
  else return solvers.workspaceFor(solver, agents, goods, economies);
  return workspaceLength();
}
