// How much memory each solver needs.

import * as audit from "./audit";
import * as economy from "./economy/economy";
import { openWorkspace, workspaceLength } from "./economy/workspace";
import { Solver } from "./protocol";

/**
 * Doubles of workspace that a solver needs for `economies` economies of this size. Exact also
 * beyond 2^31, where nothing can be laid. Whatever a solver was working on is given up.
 */
export function workspaceFor(solver: i32, agents: i32, goods: i32, economies: i32): f64 {
  economy.setSize(agents, goods, economies);
  openWorkspace(0);
  if (solver === Solver.AUDIT) audit.bind(0);
  return workspaceLength();
}
