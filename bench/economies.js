// Seeded economies, so that every run and every rival computes the same.

/** Uniform numbers on [0, 1) from mulberry32 (T. Ettinger, public domain). */
export function uniform(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const array = (length, draw) => Float64Array.from({ length }, draw);

/** A planner's economy of mild heterogeneity: alpha in [0.7, 1.3], omega in [-0.8, -0.3], totals in [20, 40]. */
export function plannerEconomy(agents, goods, seed = 1) {
  const draw = uniform(seed);
  const between = (least, most) => () => least + (most - least) * draw();
  return {
    size: { agents, goods },
    alpha: array(agents * goods, between(0.7, 1.3)),
    omega: array(agents * goods, between(-0.8, -0.3)),
    totals: array(goods, between(20, 40)),
    weights: array(agents, between(0.8, 1.2)),
  };
}
