// How much memory the solvers of solvers.ts need.

import * as audit from "./audit";
import * as bulk from "./bulk";
import * as economy from "./economy/economy";
import { openWorkspace, workspaceLength } from "./economy/workspace";
import { jointLength } from "./market/jointNewton";
import * as stability from "./market/stability";
import * as market from "./market/state";
import * as plan from "./planner/plan";
import * as tiles from "./planner/tiles";
import { isThin, Solver } from "./protocol";

/**
 * Doubles of workspace that a solver needs for `economies` economies of this size. Exact also
 * beyond 2^31, where nothing can be laid; 0 for a solver that is not one of these. Whatever a solver
 * was working on is given up.
 */
export function workspaceFor(solver: i32, agents: i32, goods: i32, economies: i32): f64 {
  economy.setSize(agents, goods, economies);
  if (solver === Solver.PLAN_MANY) return bulk.planManyLength();
  if (solver === Solver.EQUILIBRIUM_MANY) return bulk.equilibriumManyLength();
  if (solver === Solver.JOINT) return jointLength(0);
  if (solver === Solver.JOINT_INDEXED) return jointLength(1);
  openWorkspace(0);
  if (solver === Solver.AUDIT) audit.bind(0);
  else if (solver === Solver.PLAN) plan.bind(0);
  else if (solver === Solver.TILES) tiles.bind(0);
  else if (solver === Solver.PREPARED) tiles.bindPrepared(0);
  else if (solver === Solver.MARKET) market.bind(0, isThin(agents, goods) ? 0 : 1);
  else if (solver === Solver.MARKET_DENSE) market.bind(0, 1);
  else if (solver === Solver.STABILITY) stability.bind(0);
  return workspaceLength();
}
