//! What the programs of this package share.

pub mod chart;
pub mod machine;
pub mod page;
pub mod program;
pub mod row;
