// What walras/solvers needs of the core: plans and equilibria of one market, the same in bulk, and
// the audit. A file of its own is smaller by a third than that of all kernels (index.ts).

export { keep, release, reserve, room } from "./allocator";
export { auditMarket, auditPlan, clearing } from "./audit";
export { areWithin, equilibriumMany, planMany, sumEndowments } from "./bulk";
export { layEconomies } from "./economy/economy";
export {
  polishMarket,
  readMarket,
  reportMarket,
  startMarket,
  stepMarket,
} from "./market/equilibrium";
export { readJoint, reportJoint, startJoint, stepJoint } from "./market/jointNewton";
export { stability } from "./market/stability";
export { plan } from "./planner/plan";
export { planTiles, prepare } from "./planner/tiles";
export { doubles } from "./simd/memory";
export { workspaceFor } from "./solverWorkspaces";
