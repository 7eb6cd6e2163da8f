#pragma once
// The families of built-in layouts, a source file each; layouts.cpp puts them into one list.
//
// What does not belong here: code. A layout is data.

#include <span>

#include "session/layout.h"

namespace session {

// Words that every table is full of.
inline constexpr Presence k_required = Presence::required;
inline constexpr Presence k_optional = Presence::optional;

using MakeLayout = Layout (*)();
std::span<const MakeLayout> synapse_layouts();
std::span<const MakeLayout> miniclaw_layouts();
std::span<const MakeLayout> web_session_layouts();
std::span<const MakeLayout> transcript_layouts();
std::span<const MakeLayout> task_layouts();

}  // namespace session
