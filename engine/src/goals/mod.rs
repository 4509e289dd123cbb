//! goals
