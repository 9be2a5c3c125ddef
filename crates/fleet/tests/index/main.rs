//! The index against a naive model: plain loops over the facts of every host and direct calls of
//! `matching`, without any code of the index.

mod agree;
mod chunks;
mod fleet_of;
mod isolation;
mod kernels;
mod naive;
mod queries;
