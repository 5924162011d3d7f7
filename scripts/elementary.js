// The functions that take the place of the host's in bundles: see assembly/scalar/elementary.ts.
export {
  exp as "Math.exp",
  expm1 as "Math.expm1",
  hypot as "Math.hypot",
  log as "Math.log",
  log1p as "Math.log1p",
} from "../assembly/scalar/elementary.ts";
