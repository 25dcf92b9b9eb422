//! Where the keys of callers are kept without a database.

mod file;
mod memory;
mod replays;
mod service;

pub(crate) use self::file::read_private;
pub use self::file::{KeyFile, KeyFileError};
pub use self::memory::MemoryKeys;
pub use self::service::Service;
