// An economy as a Julia program that needs no packages beside Julia's own.

import type { Economy } from "../economy/economy.js";
import { list, literal, type Problem, problemOf, wrapped } from "./program.js";

/**
 * Returns a Julia program that solves an economy and prints JSON: prices that add up to 1 and the
 * allocation; or shadow prices and the allocation of the planner's optimum, if the economy has only
 * totals. Halves of surrogate pairs in names, which Julia refuses, become U+FFFD.
 * @throws EconomyError as problemOf() does
 */
export function toJulia(economy: Economy): string {
  const problem = problemOf(economy);
  return problem.endowments ? marketProgram(problem, problem.endowments) : planProgram(problem);
}

/** A name as a literal, in which `$` begins no interpolation. */
const quoted = (name: string) => literal(name.replace(/\p{Cs}/gu, "\ufffd")).replaceAll("$", "\\$");

const strings = (names: readonly string[]) => `[\n${wrapped(names.map(quoted), "    ")},\n]`;

const vector = (values: Float64Array) => `Float64[\n${list(values, "    ")},\n]`;

/** The rows of a matrix one after the other, as Julia's columns and then turned. */
const matrix = (values: Float64Array) => `permutedims(reshape(${vector(values)}, m, n))`;

/** The data of both programs. */
function data({ name, agents, goods, alpha, omega }: Problem): string {
  return `const name = ${quoted(name)}
const agents = ${strings(agents)}
const goods = ${strings(goods)}
const n, m = length(agents), length(goods)
# Agent i's utility of x units of good j is alpha[i, j] * x^(1 + omega[i, j]) / (1 + omega[i, j]),
# or alpha[i, j] * log(x) if omega[i, j] is -1.
const alpha = ${matrix(alpha)}
const omega = ${matrix(omega)}`;
}

/** What both programs make of their data, and how they print. */
const SHARED = `const wants = alpha .> 0

"Logs of the amounts at which alpha * x^omega = mu * p: rows are agents."
log_amounts(log_mu, log_p) =
    [wants[i, j] ? (log_mu[i] + log_p[j] - log(alpha[i, j])) / omega[i, j] : -Inf for i in 1:n, j in 1:m]

function logsumexp(v)
    top = maximum(v)
    return top + log(sum(exp.(v .- top)))
end

json(x::Real) = string(x)
json(v::AbstractVector) = "[" * join(json.(v), ", ") * "]"
json(a::AbstractMatrix) = json([a[i, :] for i in 1:size(a, 1)])
function json(text::AbstractString)
    units(c) = join("\\\\u" * string(unit, base = 16, pad = 4) for unit in transcode(UInt16, string(c)))
    escaped(c) = c in ('"', '\\\\') ? "\\\\" * c : isprint(c) ? string(c) : units(c)
    return "\\"" * join(escaped(c) for c in text) * "\\""
end
`;

function marketProgram(problem: Problem, endowments: Float64Array): string {
  return `# Finds a competitive equilibrium of an exchange economy, and prints it as JSON.
# Needs no packages. Written by walras export --to julia.

using LinearAlgebra, Random

${data(problem)}
const endowments = ${matrix(endowments)}

${SHARED}
const log_totals = log.(vec(sum(endowments, dims = 1)))
const log_endowments = log.(endowments)

"""
The excess demand for each good and the overspending of each agent, in logs; and derivatives. z has
the logs of the prices, in units of the first good, and of the agents' marginal utilities of income.
"""
function equations(z)
    log_p = [0.0; z[1:m-1]]
    log_x = log_amounts(z[m:end], log_p)
    f = zeros(m + n)
    jacobian = zeros(m + n, m + n) # The first column is that of the first good's price.
    for j in 1:m
        demand = logsumexp(log_x[:, j])
        f[j] = demand - log_totals[j]
        for i in 1:n
            part = exp(log_x[i, j] - demand) / omega[i, j]
            jacobian[j, j] += part
            jacobian[j, m+i] = part
        end
    end
    for i in 1:n
        spending = logsumexp(log_p + log_x[i, :])
        income = logsumexp(log_p + log_endowments[i, :])
        f[m+i] = spending - income
        for j in 1:m
            spent = exp(log_p[j] + log_x[i, j] - spending)
            earned = exp(log_p[j] + log_endowments[i, j] - income)
            jacobian[m+i, j] = spent * (1 + 1 / omega[i, j]) - earned
            jacobian[m+i, m+i] += spent / omega[i, j]
        end
    end
    return f, jacobian[:, 2:end]
end

"Where marginal utilities of equal shares are prices, as well as they can be."
function start()
    log_value = [wants[i, j] ? log(alpha[i, j]) + omega[i, j] * (log_totals[j] - log(n)) : 0.0 for i in 1:n, j in 1:m]
    log_mu = [sum(log_value[i, :]) / sum(wants[i, :]) for i in 1:n]
    log_p = [sum(wants[i, j] ? log_value[i, j] - log_mu[i] : 0.0 for i in 1:n) / sum(wants[:, j]) for j in 1:m]
    return [log_p[2:end] .- log_p[1]; log_mu .+ log_p[1]]
end

"The method of Levenberg and Marquardt: Newton's steps, shortened while they do not help."
function solve(z)
    f, jacobian = equations(z)
    k = length(z)
    damping = 1e-3
    for _ in 1:10000
        step = [jacobian; Matrix(sqrt(damping) * I, k, k)] \\ [f; zeros(k)]
        next_f, next_jacobian = equations(z - step)
        if norm(next_f) < norm(f)
            z, f, jacobian = z - step, next_f, next_jacobian
            damping = max(damping / 10, 1e-300)
        else
            damping *= 10
            # No step helps: these are the best prices, up to rounding.
            damping > 1e20 && break
        end
    end
    return z, maximum(abs.(f))
end

"Solves from the start, and where the method gets stuck, from further and further away."
function equilibrium()
    Random.seed!(0)
    best, residual = start(), Inf
    for attempt in 0:49
        z, left = solve(start() + 0.2 * attempt * randn(m + n - 1))
        if left < residual
            best, residual = z, left
        end
        residual < 1e-10 && break
    end
    return best, residual
end

z, residual = equilibrium()
log_p = [0.0; z[1:m-1]]
prices = exp.(log_p .- logsumexp(log_p))
allocation = exp.(log_amounts(z[m:end], log_p))
converged = residual < 1e-10
println(
    "{\\n  \\"name\\": ", json(name),
    ",\\n  \\"agents\\": ", json(agents),
    ",\\n  \\"goods\\": ", json(goods),
    ",\\n  \\"prices\\": ", json(prices),
    ",\\n  \\"allocation\\": ", json(allocation),
    ",\\n  \\"residuals\\": {\\"worst\\": ", json(residual), "}",
    ",\\n  \\"converged\\": ", json(converged),
    "\\n}",
)
exit(converged ? 0 : 1)
`;
}

function planProgram(problem: Problem): string {
  return `# Finds the plan that maximises the weighted sum of utilities, and prints it as JSON.
# Needs no packages. Written by walras export --to julia.

${data(problem)}
const totals = ${vector(problem.totals)}
const weights = ${vector(problem.weights)}

${SHARED}
# A plan is what agents choose whose marginal utilities of income are 1 / weights.
const log_mu = -log.(weights)

"The log of the use of good j over its total, at a shadow price."
log_excess(log_price, j) = logsumexp(log_amounts(log_mu, fill(log_price, m))[:, j]) - log(totals[j])

"The log of the shadow price of good j, by bisection."
function log_shadow_price(j)
    # At the first price somebody takes everything; at the second nobody takes more than equal shares.
    value(share) = maximum(
        log(alpha[i, j]) - log_mu[i] + omega[i, j] * (log(totals[j]) + log(share)) for i in 1:n if wants[i, j]
    )
    low, high = value(1) - 1, value(1 / n) + 1
    while true
        middle = low + (high - low) / 2
        low < middle < high || return middle
        log_excess(middle, j) > 0 ? (low = middle) : (high = middle)
    end
end

log_p = log_shadow_price.(1:m)
residual = maximum(abs(log_excess(log_p[j], j)) for j in 1:m)
converged = residual < 1e-10
println(
    "{\\n  \\"name\\": ", json(name),
    ",\\n  \\"agents\\": ", json(agents),
    ",\\n  \\"goods\\": ", json(goods),
    ",\\n  \\"weights\\": ", json(weights),
    ",\\n  \\"shadowPrices\\": ", json(exp.(log_p)),
    ",\\n  \\"allocation\\": ", json(exp.(log_amounts(log_mu, log_p))),
    ",\\n  \\"residuals\\": {\\"worst\\": ", json(residual), "}",
    ",\\n  \\"converged\\": ", json(converged),
    "\\n}",
)
exit(converged ? 0 : 1)
`;
}
