#pragma once

namespace session {

/// Whether what the open `descriptor` stands for lies on a local file system that reads through the page
/// cache: one that gives less than was asked for at the end of a file, or where a page could not be had, and
/// nowhere else; and that leaves leases to the kernel. /proc, FUSE and the network give and grant what they
/// like.
bool is_on_local_disk(int descriptor);

}  // namespace session
