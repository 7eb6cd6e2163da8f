#pragma once
// The names of CLI11 that stand in interfaces. Its own headers make a dozen validators in every source that
// includes them, at every start: only those that define or read options do.

namespace CLI {

class App;
class Option;
class Validator;

}  // namespace CLI
