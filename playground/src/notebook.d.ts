// What `walras reproduce --json` prints, as far as the page shows it.
declare module "walras:notebook" {
  interface Experiment {
    readonly title: string;
    readonly printed: {
      readonly objective?: number;
      readonly objectives?: readonly number[];
      readonly prices?: readonly number[];
    };
    readonly computed: {
      readonly objective?: number;
      readonly prices?: readonly number[];
      readonly atRest?: { readonly objective: number };
    };
    readonly optimum: { readonly welfare: number };
    readonly proper: {
      readonly plan: { readonly welfare: number };
      readonly equilibrium: { readonly prices: readonly number[]; readonly unique: boolean };
    };
    readonly findings: readonly string[];
  }
  const reproduced: { readonly experiments: readonly Experiment[] };
  export default reproduced;
}
