#pragma once
// JSON pointers, as layouts name places with them: "/messages/*/role".

#include <string>
#include <string_view>

namespace session::json {

/// Takes the first component, and the slash before it, from a pointer that is not empty.
inline std::string_view take_component(std::string_view& pointer) {
  pointer.remove_prefix(1);
  const std::string_view component = pointer.substr(0, pointer.find('/'));
  pointer.remove_prefix(component.size());
  return component;
}

/// The key that a component names: "~1" stands for a slash, "~0" for a tilde.
inline std::string key_of(std::string_view component) {
  std::string key;
  for (std::size_t i = 0; i < component.size(); ++i) {
    if (component[i] == '~' && i + 1 < component.size()) {
      key += component[++i] == '1' ? '/' : '~';
    } else {
      key += component[i];
    }
  }
  return key;
}

}  // namespace session::json
