//! reports

pub mod pool;
pub mod templates;
pub mod typeset;
pub mod worker;
