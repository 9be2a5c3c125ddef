//! Formats in which vendors publish: what a document says, whoever wrote it. What is particular to
//! one vendor is in [`crate::vendors`].

pub mod csaf;
pub mod cve_id;
pub mod distinct;
pub mod errata;
pub mod json_list;
pub(crate) mod json_map;
pub mod osv;
pub mod oval;
pub(crate) mod peek;
pub mod purl;
pub(crate) mod salvage;
pub mod secdb;
pub(crate) mod updateinfo;
pub(crate) mod yaml;
