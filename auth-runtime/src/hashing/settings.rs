//! [`PasswordSettings`]: how passwords are hashed.

use crate::value::setting::setting;

/// How passwords are hashed and verified: argon2id (RFC 9106).
#[derive(Debug, Clone)]
pub struct PasswordSettings {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
    concurrency: usize,
    queue: usize,
    cache_size: usize,
}

impl Default for PasswordSettings {
    /// Returns 19 MiB, two passes and one lane, as OWASP recommends; one hash fewer at once than there are processors, with 64
    /// waiting for each; no cache.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            iterations: 2,
            parallelism: 1,
            concurrency: std::thread::available_parallelism().map_or(1, |processors| (processors.get() - 1).max(1)),
            queue: 64,
            cache_size: 0,
        }
    }
}

impl PasswordSettings {
    setting!(
        /** Memory of one hash, in KiB. Each thread keeps it between hashes, until it was idle for ten seconds. */
        memory_kib, with_memory_kib, u32
    );
    setting!(/** Passes over the memory. */ iterations, with_iterations, u32);
    setting!(/** Lanes of one hash. */ parallelism, with_parallelism, u32);
    setting!(
        /**
        How many hashes are computed at once; the others wait. By default one fewer than there are processors, so that a
        flood of passwords leaves one processor to all other requests.
        */
        concurrency, with_concurrency, usize
    );
    setting!(
        /**
        How many passwords may wait for each hash that is computed at once. Beyond it the answer is 503 with `Retry-After: 1`, so
        that a flood of passwords cannot keep all other callers waiting.
        */
        queue, with_queue, usize
    );
    setting!(
        /**
        How many right credentials [`Basic`](crate::scheme::Basic) remembers, as a digest under a secret of this process.
        They are hashed again once the account has another password. 0 disables the cache.
        */
        cache_size, with_cache_size, usize
    );
}
