// What +, -, *, /, unary -, <, >, <=, >=, == and & mean for two doubles at a time. The build puts
// this class in the place of the compiler's own, which is empty (scripts/build.js).

@final
@unmanaged
export abstract class V128 {
  @inline
  @operator("+")
  private static add(x: v128, y: v128): v128 {
    return f64x2.add(x, y);
  }

  @inline
  @operator("-")
  private static sub(x: v128, y: v128): v128 {
    return f64x2.sub(x, y);
  }

  @inline
  @operator("*")
  private static mul(x: v128, y: v128): v128 {
    return f64x2.mul(x, y);
  }

  @inline
  @operator("/")
  private static div(x: v128, y: v128): v128 {
    return f64x2.div(x, y);
  }

  @inline
  @operator.prefix("-")
  private static neg(x: v128): v128 {
    return f64x2.neg(x);
  }

  @inline
  @operator("<")
  private static lt(x: v128, y: v128): v128 {
    return f64x2.lt(x, y);
  }

  @inline
  @operator(">")
  private static gt(x: v128, y: v128): v128 {
    return f64x2.gt(x, y);
  }

  @inline
  @operator("<=")
  private static le(x: v128, y: v128): v128 {
    return f64x2.le(x, y);
  }

  @inline
  @operator(">=")
  private static ge(x: v128, y: v128): v128 {
    return f64x2.ge(x, y);
  }

  /** Of masks. */
  @inline
  @operator("&")
  private static and(x: v128, y: v128): v128 {
    return v128.and(x, y);
  }
}
