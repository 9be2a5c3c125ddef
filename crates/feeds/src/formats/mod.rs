//! Formats in which vendors publish: what a document says, whoever wrote it. What is particular to
//! one vendor is in [`crate::vendors`].

pub mod json_list;
pub mod secdb;
pub(crate) mod yaml;
