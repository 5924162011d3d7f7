// Writes with which error a pool from an address cannot be loaded: /page?…/refused.js&from=ADDRESS.

const { loadPool, PoolError } = await import(new URLSearchParams(location.search).get("from"));
try {
  await loadPool({ workers: 2 });
  document.body.textContent = "it could be loaded";
} catch (error) {
  document.body.textContent = JSON.stringify({ isPoolError: error instanceof PoolError, message: error.message });
}
