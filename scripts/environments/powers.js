// What takes the place of the operator **, whose rounding is the host's.
import { exp, log } from "../../assembly/scalar/elementary.ts";

function power(x, y) {
  return y === 2 ? x * x : y === 0.5 ? Math.sqrt(x) : exp(y * log(x));
}

export { power as "Math.pow" };
