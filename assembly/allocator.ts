// Who has which part of memory. Blocks that are kept lie end to end from origin() on. Behind the
// last of them lies the arena, where one call after the other works. Memory is extended before
// anything else changes: where the host refuses, all is as it was. Nothing here throws or traps.
// To release a block writes to tags and links alone, so that it may be done while a solver works.
//
// A kept block begins with a tag of two doubles, behind which its address is: its length with the
// tag, below 0 where it is free, and the length of the block before it, 0 if there is none. Free
// blocks are linked. No two of them are neighbours, and none is the last.

import { MAX_DOUBLES, padded } from "./protocol";
import { doubles, extend, origin } from "./simd/memory";

const TAG = 2;
/** A free block has its tag and two links. */
const MIN_LENGTH = 4;
const NEXT = 2;
const PREVIOUS = 3;
const NOWHERE = -1;

/** Where the last kept block ends and the arena begins. */
let end: i32 = origin();
/** Length of the last kept block. */
let lastLength: i32 = 0;
let firstFree: i32 = NOWHERE;

/** The most doubles that the arena can have in a memory of so many. */
export function room(length: i32): i32 {
  let most = length > end ? length - end : 0;
  for (let block = firstFree; block !== NOWHERE; block = <i32>doubles[block + NEXT]) {
    const free = -(<i32>doubles[block]) - MIN_LENGTH;
    if (free > most) most = free;
  }
  return most;
}

/**
 * Address of `count` doubles that stay where they are and what they are until they are released; -1
 * where they cannot be had. What the arena held is lost.
 */
export function keep(count: f64): i32 {
  if (!(count <= MAX_DOUBLES)) return NOWHERE;
  const d = doubles;
  const wanted = padded(<i32>count) + TAG;
  const length = wanted < MIN_LENGTH ? MIN_LENGTH : wanted;
  let block = firstFree;
  while (block !== NOWHERE && -d[block] < length) block = <i32>d[block + NEXT];
  if (block === NOWHERE) return append(length);
  unlink(block);
  const rest = -(<i32>d[block]) - length;
  if (rest >= MIN_LENGTH) {
    d[block + length] = -rest;
    d[block + length + 1] = length;
    d[block + length + rest + 1] = rest;
    link(block + length);
    d[block] = length;
  } else d[block] = length + rest;
  return block + TAG;
}

/** Gives a kept block back. */
export function release(address: i32): void {
  const d = doubles;
  let block = address - TAG;
  let length = <i32>d[block];
  const behind = block + length;
  if (behind < end && d[behind] < 0) {
    unlink(behind);
    length -= <i32>d[behind];
  }
  const before = <i32>d[block + 1];
  if (before > 0 && d[block - before] < 0) {
    block -= before;
    unlink(block);
    length += before;
  }
  if (block + length === end) {
    end = block;
    lastLength = <i32>d[block + 1];
    return;
  }
  d[block] = -length;
  d[block + length + 1] = length;
  link(block);
}

/**
 * Address of the arena, `count` doubles long; -1 where they cannot be had. What it held is lost. If
 * nothing more can be had behind the kept blocks, it lies in a free one, behind the tag and links.
 */
export function reserve(count: f64): i32 {
  if (!(count <= MAX_DOUBLES)) return NOWHERE;
  const length = padded(<i32>count);
  if (length <= MAX_DOUBLES - end && extend(end + length, end)) return end;
  let block = firstFree;
  while (block !== NOWHERE && -(<i32>doubles[block]) - MIN_LENGTH < length) block = <i32>doubles[block + NEXT];
  return block === NOWHERE ? NOWHERE : block + MIN_LENGTH;
}

/** Keeps a block behind all others. */
function append(length: i32): i32 {
  const block = end;
  if (length > MAX_DOUBLES - block || !extend(block + length, block)) return NOWHERE;
  doubles[block] = length;
  doubles[block + 1] = lastLength;
  lastLength = length;
  end = block + length;
  return block + TAG;
}

function link(block: i32): void {
  doubles[block + NEXT] = firstFree;
  doubles[block + PREVIOUS] = NOWHERE;
  if (firstFree !== NOWHERE) doubles[firstFree + PREVIOUS] = block;
  firstFree = block;
}

function unlink(block: i32): void {
  const next = <i32>doubles[block + NEXT];
  const previous = <i32>doubles[block + PREVIOUS];
  if (next !== NOWHERE) doubles[next + PREVIOUS] = previous;
  if (previous === NOWHERE) firstFree = next;
  else doubles[previous + NEXT] = next;
}
