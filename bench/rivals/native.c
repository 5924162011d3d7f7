// The works in C, as near to the machine as a compiler brings them: the distance to it is that of the
// other rows to these. native.js compiles this file with REAL as float or double, with LANES, how many
// economies, or goods of economies, are solved side by side, and passes the data.
//
// Every inner loop runs over a row of numbers or over LANES neighbours, without branches, so that GCC
// takes vector instructions and, with -ffast-math, the vector exp and log of glibc. Workspaces are
// allocated once, numbers are taken to be in order, and nothing is audited.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tgmath.h>
#include <time.h>

typedef REAL real;

typedef real lane[LANES];
#define EACH_LANE for (int l = 0; l < LANES; l++)

static long n, m, count, steps;
static real penalty, rate, beta1, beta2, epsilon;
static real *alpha, *omega, *totals, *weights, *endowments, *start;

// What the solvers write: amounts (count n m) and prices or shadow prices (count m).
static real *allocation, *prices;

static void *numbers(size_t length, size_t size) {
  size_t bytes = (length * size + 63) / 64 * 64;
  void *memory = aligned_alloc(64, bytes);
  if (!memory) exit(1);
  return memset(memory, 0, bytes);
}

static real *reals(size_t length) { return numbers(length, sizeof(real)); }

static lane *lanes(size_t length) { return numbers(length, sizeof(lane)); }

// Adam, as in penaltySteps() of plain.js, step by step over all cells, row by row.

static real *y, *slope, *first, *second, *used, *price;

static void bindAdam(void) {
  real **matrices[] = {&y, &slope, &first, &second};
  for (int k = 0; k < 4; k++) *matrices[k] = reals(n * m);
  used = reals(m);
  price = reals(m);
}

/** What the next step needs of a row of variables: amounts and their derivatives. */
static void softplus(const real *restrict ys, real *restrict xs, real *restrict slopes, real *restrict sums) {
  for (long j = 0; j < m; j++) {
    real e = exp(-fabs(ys[j]));
    xs[j] = fmax(ys[j], (real)0) + log1p(e);
    slopes[j] = fmax(e, ys[j] >= 0 ? (real)1 : 0) / (1 + e);
    sums[j] += xs[j];
  }
}

/** Moves a row of variables, from the gradient; pace and scale undo the bias of the means. */
static void move(long i, real pace, real scale) {
  long c = i * m;
  real weight = weights[i], keep1 = beta1, keep2 = beta2, least = epsilon;
  real *restrict ys = y + c, *restrict means = first + c, *restrict squares = second + c;
  const real *restrict xs = allocation + c, *restrict slopes = slope + c, *restrict costs = price;
  const real *restrict alphas = alpha + c, *restrict omegas = omega + c;
  for (long j = 0; j < m; j++) {
    real g = slopes[j] * (costs[j] - weight * alphas[j] * exp(omegas[j] * log(xs[j])));
    real mean = keep1 * means[j] + (1 - keep1) * g;
    real square = keep2 * squares[j] + (1 - keep2) * g * g;
    means[j] = mean;
    squares[j] = square;
    ys[j] -= pace * mean / (sqrt(square * scale) + least);
  }
}

static void adam(void) {
  memset(first, 0, n * m * sizeof(real));
  memset(second, 0, n * m * sizeof(real));
  memcpy(y, start, n * m * sizeof(real));
  memset(used, 0, m * sizeof(real));
  for (long c = 0; c < n * m; c += m) softplus(y + c, allocation + c, slope + c, used);
  for (long t = 1; t <= steps; t++) {
    real pace = rate / (1 - pow(beta1, (real)t));
    real scale = 1 / (1 - pow(beta2, (real)t));
    for (long j = 0; j < m; j++) price[j] = 2 * penalty * fmax((real)0, used[j] - totals[j]);
    memset(used, 0, m * sizeof(real));
    for (long i = 0, c = 0; i < n; i++, c += m) {
      move(i, pace, scale);
      softplus(y + c, allocation + c, slope + c, used);
    }
  }
}

// Plans: Newton's method for the log shadow price at which ln(demand / total) is 0, for LANES goods
// of one or several economies at a time.

static lane *elastic, *shift, *part;

static void bindPlans(void) {
  lane **rows[] = {&elastic, &shift, &part};
  for (int k = 0; k < 3; k++) *rows[k] = lanes(n);
}

/** Reads or writes an agent's row of a matrix, whose lanes begin at `at`. */
static inline void lay(real *restrict to, const real *restrict matrix, const long *at, int together) {
  if (together) memcpy(to, matrix + at[0], sizeof(lane));
  else EACH_LANE to[l] = matrix[at[l]];
}

static inline void keep(const real *restrict from, real *restrict matrix, const long *at, int together) {
  if (together) memcpy(matrix + at[0], from, sizeof(lane));
  else EACH_LANE matrix[at[l]] = from[l];
}

static void plans(void) {
  long pairs = count * m;
  for (long from = 0; from < pairs; from += LANES) {
    long at[LANES], own[LANES], pair[LANES];
    lane total, logShare, t = {0}, sum, derivative, step;
    EACH_LANE {
      long k = pair[l] = from + l < pairs ? from + l : pairs - 1;
      own[l] = k / m * n;
      at[l] = own[l] * m + k % m;
      total[l] = totals[k];
    }
    int together = at[LANES - 1] == at[0] + LANES - 1;
    EACH_LANE logShare[l] = log(total[l] / n);
    // From the mean of the prices at which each agent takes an equal part.
    for (long i = 0; i < n; i++) {
      lane alphas, omegas;
      lay(alphas, alpha + i * m, at, together);
      lay(omegas, omega + i * m, at, together);
      EACH_LANE {
        real level = log(weights[own[l] + i] * alphas[l]);
        t[l] += level + omegas[l] * logShare[l];
        elastic[i][l] = 1 / omegas[l];
        shift[i][l] = elastic[i][l] * level;
      }
    }
    EACH_LANE t[l] /= n;
    for (int iteration = 0; iteration < 60; iteration++) {
      EACH_LANE sum[l] = derivative[l] = 0;
      for (long i = 0; i < n; i++) EACH_LANE {
        real term = exp(t[l] * elastic[i][l] - shift[i][l]);
        part[i][l] = term;
        sum[l] += term;
        derivative[l] += elastic[i][l] * term;
      }
      real largest = 0;
      EACH_LANE {
        step[l] = log(sum[l] / total[l]) * sum[l] / derivative[l];
        t[l] -= step[l];
        largest = fmax(largest, fabs(step[l]));
      }
      if (largest < 1e-8) break;
    }
    // After so short a step the amounts follow to first order.
    for (long i = 0; i < n; i++) {
      EACH_LANE part[i][l] *= 1 - elastic[i][l] * step[l];
      keep(part[i], allocation + i * m, at, together);
    }
    EACH_LANE prices[pair[l]] = exp(t[l]);
  }
}

// Equilibria: the joint Newton method of assembly/market/jointBatch.ts in log prices and log marginal
// utilities of wealth, for LANES economies at a time. Amounts are parts of the total of their good.

static lane *scaled, *owned, *response, *system_;
static lane *logPrice, *value, *demand, *demandSlope, *right, *whole;
static lane *tau, *miss, *spending, *wealth, *wealthSlope;

static void bindEquilibria(void) {
  lane **cells[] = {&elastic, &scaled, &owned, &part, &response};
  for (int k = 0; k < 5; k++) *cells[k] = lanes(n * m);
  lane **ofGoods[] = {&logPrice, &value, &demand, &demandSlope, &right, &whole};
  for (int k = 0; k < 6; k++) *ofGoods[k] = lanes(m);
  lane **ofAgents[] = {&tau, &miss, &spending, &wealth, &wealthSlope};
  for (int k = 0; k < 5; k++) *ofAgents[k] = lanes(n);
  system_ = lanes(m * m);
}

/** ln x near 1, to the fifth order. */
static inline real nearLog(real x) { return 3 * (x * x - 1) / (x * x + 4 * x + 1); }

/** Reads the economies, and starts near a split at which each agent has one part of all goods. */
static void startMarkets(const long *at) {
  for (long j = 0; j < m; j++) EACH_LANE whole[j][l] = logPrice[j][l] = demandSlope[j][l] = 0;
  for (long i = 0; i < n; i++) {
    for (long j = 0; j < m; j++) EACH_LANE whole[j][l] += endowments[at[l] + i * m + j];
  }
  for (long j = 0; j < m; j++) EACH_LANE right[j][l] = log(whole[j][l]);
  for (long i = 0, c = 0; i < n; i++, c += m) {
    lane owns = {0}, curvatures = {0}, logOwns;
    EACH_LANE tau[i][l] = 0;
    for (long j = 0; j < m; j++) EACH_LANE {
      long cell = at[l] + c + j;
      real level = log(alpha[cell]) + (1 + omega[cell]) * right[j][l];
      elastic[c + j][l] = 1 / omega[cell];
      scaled[c + j][l] = elastic[c + j][l] * level;
      owned[c + j][l] = endowments[cell] / whole[j][l];
      response[c + j][l] = level;
      owns[l] += owned[c + j][l] / m;
      curvatures[l] += omega[cell] / m;
      tau[i][l] += level / m;
    }
    EACH_LANE logOwns[l] = log(owns[l]);
    EACH_LANE tau[i][l] += curvatures[l] * logOwns[l] + log((real)m);
    for (long j = 0; j < m; j++) EACH_LANE {
      real weight = owns[l] * elastic[c + j][l];
      logPrice[j][l] += weight * (response[c + j][l] - tau[i][l]) + owns[l] * logOwns[l];
      demandSlope[j][l] += weight;
    }
  }
  for (long j = 0; j < m; j++) EACH_LANE logPrice[j][l] /= demandSlope[j][l];
}

/** Evaluates what agents and markets miss; returns the largest sum of it in an economy. */
static real evaluateMarkets(void) {
  lane missed = {0};
  for (long j = 0; j < m; j++) EACH_LANE {
    value[j][l] = exp(logPrice[j][l]);
    demand[j][l] = demandSlope[j][l] = 0;
  }
  for (long i = 0, c = 0; i < n; i++, c += m) {
    lane spent = {0}, sloped = {0}, owns = {0};
    for (long j = 0; j < m; j++) EACH_LANE {
      real x = exp(elastic[c + j][l] * (logPrice[j][l] + tau[i][l]) - scaled[c + j][l]);
      real sloping = elastic[c + j][l] * x;
      part[c + j][l] = x;
      demand[j][l] += x;
      demandSlope[j][l] += sloping;
      spent[l] += value[j][l] * x;
      sloped[l] += value[j][l] * sloping;
      owns[l] += value[j][l] * owned[c + j][l];
    }
    EACH_LANE {
      spending[i][l] = 1 / spent[l];
      wealth[i][l] = 1 / owns[l];
      wealthSlope[i][l] = spent[l] / sloped[l];
      miss[i][l] = nearLog(spent[l] * wealth[i][l]);
      missed[l] += fabs(miss[i][l]);
    }
  }
  for (long j = 0; j < m; j++) EACH_LANE missed[l] += fabs(nearLog(demand[j][l]));
  real largest = 0;
  EACH_LANE largest = fmax(largest, missed[l]);
  return largest;
}

/** One Newton step, of at most 4 in a log price; the last good's price stays. */
static void stepMarkets(void) {
  long r = m - 1;
  for (long j = 0; j < r; j++) {
    EACH_LANE {
      demandSlope[j][l] = 1 / demandSlope[j][l];
      right[j][l] = demand[j][l] * nearLog(demand[j][l]) * demandSlope[j][l];
    }
    for (long k = 0; k < r; k++) EACH_LANE system_[j * r + k][l] = j == k ? -1 : 0;
  }
  for (long i = 0, c = 0; i < n; i++, c += m) {
    for (long j = 0; j < m; j++) EACH_LANE {
      real own = owned[c + j][l] * wealth[i][l];
      real spent = part[c + j][l] * spending[i][l];
      response[c + j][l] = value[j][l] * (own - spent * (1 + elastic[c + j][l]));
    }
    for (long j = 0; j < r; j++) {
      lane w;
      EACH_LANE {
        w[l] = elastic[c + j][l] * part[c + j][l] * wealthSlope[i][l] * demandSlope[j][l];
        right[j][l] -= w[l] * miss[i][l];
      }
      for (long k = 0; k < r; k++) EACH_LANE system_[j * r + k][l] -= w[l] * response[c + k][l];
    }
  }
  for (long j = 0; j < r; j++) {
    lane reciprocal;
    EACH_LANE reciprocal[l] = 1 / system_[j * r + j][l];
    for (long i = j + 1; i < r; i++) {
      lane ratio;
      EACH_LANE ratio[l] = system_[i * r + j][l] * reciprocal[l];
      for (long k = j + 1; k < r; k++) EACH_LANE system_[i * r + k][l] -= ratio[l] * system_[j * r + k][l];
      EACH_LANE right[i][l] -= ratio[l] * right[j][l];
    }
  }
  lane largest = {0}, length;
  for (long j = r - 1; j >= 0; j--) {
    for (long k = j + 1; k < r; k++) EACH_LANE right[j][l] -= system_[j * r + k][l] * right[k][l];
    EACH_LANE right[j][l] /= system_[j * r + j][l];
    EACH_LANE largest[l] = fmax(largest[l], fabs(right[j][l]));
  }
  EACH_LANE length[l] = fmin((real)1, 4 / fmax((real)1e-30, largest[l]));
  for (long j = 0; j < r; j++) EACH_LANE logPrice[j][l] += length[l] * right[j][l];
  for (long i = 0, c = 0; i < n; i++, c += m) {
    lane push;
    EACH_LANE push[l] = -miss[i][l];
    for (long j = 0; j < r; j++) EACH_LANE push[l] += response[c + j][l] * right[j][l];
    EACH_LANE tau[i][l] += length[l] * push[l] * wealthSlope[i][l];
  }
}

static void equilibria(void) {
  for (long from = 0; from < count; from += LANES) {
    long at[LANES], of[LANES];
    EACH_LANE {
      long e = from + l < count ? from + l : count - 1;
      at[l] = e * n * m;
      of[l] = e * m;
    }
    startMarkets(at);
    for (int step = 0; step < 60 && evaluateMarkets() > 1e-13; step++) stepMarkets();
    for (long j = 0; j < m; j++) EACH_LANE prices[of[l] + j] = value[j][l] / whole[j][l];
    for (long i = 0, c = 0; i < n; i++) {
      for (long j = 0; j < m; j++, c++) EACH_LANE allocation[at[l] + c] = part[c][l] * whole[j][l];
    }
  }
}

// Times and answers, as timing.py takes and prints them.

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

/** The median time of at least three runs and 0.1 s, warmed up; of one run if it is slow. */
static double medianTime(void (*run)(void), int slow) {
  static double times[1000000];
  int runs = 0;
  for (double end = now() + 0.1; !slow && now() < end;) run();
  for (double end = now() + 0.1; runs < (slow ? 1 : 3) || (now() < end && runs < 1000000); runs++) {
    double begin = now();
    run();
    times[runs] = now() - begin;
  }
  qsort(times, runs, sizeof(double), ascending);
  return times[runs / 2];
}

static void print(const char *name, const real *values, long length) {
  printf("\"%s\":[", name);
  for (long k = 0; k < length; k++) printf("%s%.17g", k ? "," : "", (double)values[k]);
  printf("]");
}

/** Reads a length, and so many numbers. */
static real *given(void) {
  double length;
  if (fread(&length, sizeof(double), 1, stdin) != 1) exit(1);
  double *read = numbers(length + 1, sizeof(double));
  if (fread(read, sizeof(double), length, stdin) != (size_t)length) exit(1);
  real *values = reals(length + 1);
  for (long k = 0; k < length; k++) values[k] = read[k];
  free(read);
  return values;
}

int main(int arguments, char **words) {
  real *settings = given();
  n = settings[0], m = settings[1], count = settings[2], steps = settings[3];
  penalty = settings[4], rate = settings[5], beta1 = settings[6], beta2 = settings[7], epsilon = settings[8];
  real **arrays[] = {&alpha, &omega, &totals, &weights, &endowments, &start};
  for (int k = 0; k < 6; k++) *arrays[k] = given();
  allocation = reals(count * n * m);
  prices = reals(count * m);
  const char *kind = arguments > 1 ? words[1] : "";
  int isAdam = !strcmp(kind, "adam"), isPlan = !strncmp(kind, "plan", 4);
  (isAdam ? bindAdam : isPlan ? bindPlans : bindEquilibria)();
  void (*run)(void) = isAdam ? adam : isPlan ? plans : equilibria;
  double launch = now();
  run();
  int slow = now() - launch > 0.3;
  double times[3];
  double cells = (double)count * n * m * (isAdam ? steps : 1);
  for (int round = 0; round < 3; round++) times[round] = medianTime(run, slow) / cells * 1e9;
  qsort(times, 3, sizeof(double), ascending);
#ifdef __clang__
  const char *version = __VERSION__;
#else
  const char *version = "GCC " __VERSION__;
#endif
  printf("{\"version\":\"%s\",\"least\":%.17g,\"nsPerCell\":%.17g,\"most\":%.17g,", version, times[0], times[1], times[2]);
  printf("\"answer\":{");
  print("allocation", allocation, count * n * m);
  if (!isAdam) {
    printf(",");
    print(isPlan ? "shadowPrices" : "prices", prices, count * m);
  }
  printf("}}\n");
}
