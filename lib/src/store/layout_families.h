#pragma once
// The families of built-in layouts, a source file each; layouts.cpp puts them into one list.
//
// What does not belong here: code. A layout is data.

#include <vector>

#include "session/layout.h"

namespace session {

// Words that every table is full of.
inline constexpr Presence k_required = Presence::required;
inline constexpr Presence k_optional = Presence::optional;

std::vector<Layout> synapse_layouts();
std::vector<Layout> miniclaw_layouts();
std::vector<Layout> web_session_layouts();
std::vector<Layout> transcript_layouts();
std::vector<Layout> task_layouts();

}  // namespace session
