// What the core offers: one function a solver, the passes they stand on for tests and benchmarks,
// and the memory they work in. Every argument that names a block is an address in doubles
// (simd/memory.ts); nothing here checks its input or throws.

export { keep, release, reserve, room } from "./allocator";
export { auditMarket, auditPlan, clearing } from "./audit";
export { areWithin, equilibriaMany, equilibriumMany, planMany, sumEndowments } from "./bulk";
export { layEconomies } from "./economy/economy";
export {
  probeInterval,
  probePoint,
  readEntry,
  readPoint,
  reportEnumeration,
  startEnumeration,
  stepEnumeration,
} from "./equilibria/enumeration";
export {
  listCandidate,
  readCandidate,
  readCritical,
  readStart,
  reportMultistart,
  startBetween,
  startMultistart,
  stepMultistart,
} from "./equilibria/multistart";
export {
  addRow,
  clearProof,
  probeBox,
  probeRange,
  readOpenBox,
  readRoot,
  readRow,
  reportProof,
  startProof,
  stepProof,
} from "./equilibria/proof/branchAndBound";
export { excessDemand } from "./market/demand";
export {
  polishMarket,
  readMarket,
  reportMarket,
  startMarket,
  startTrace,
  stepMarket,
  stepTrace,
} from "./market/equilibrium";
export { readJoint, reportJoint, startJoint, stepJoint } from "./market/jointNewton";
export { sensitivity } from "./market/sensitivity";
export { shareDemand, shareEquilibrium, shareJacobian } from "./market/shares";
export { stability } from "./market/stability";
export { fillUniform } from "./math/random";
export { readAdam, readAdamMoment, startAdam, stepAdam } from "./planner/adam";
export { power, softplus } from "./planner/adamPasses";
export { plan } from "./planner/plan";
export { planTiles, prepare } from "./planner/tiles";
export { exp, log } from "./simd/blocks";
export { doubles } from "./simd/memory";
export { workspaceFor } from "./workspaces";
