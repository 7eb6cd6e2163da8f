#pragma once
// The steps of a repair that is planned: a copy of the original, the repaired bytes in its place, the dropped
// bytes beside it; or the quarantine. Each is durable before the next: stopped at any point there is the
// original or the result, and the copy.

#include "commands/repair/keep.h"
#include "commands/repair/surroundings.h"
#include "commands/repair/work.h"

namespace session::commands {

class RepairSteps {
 public:
  RepairSteps(Fs& fs, const RepairRequest& request, Surroundings& surroundings)
      : fs_(fs),
        request_(request),
        neighbours_(surroundings.neighbours),
        live_writers_(surroundings.live_writers),
        keeper_(fs, request.durability) {}

  /// Begins the copy of a file that will surely be replaced, while it is planned by what.
  void copy_ahead(RepairWork& work);
  /// Begins to write what may become the result.
  void write_ahead(RepairWork& work, ByteView result);
  /// Does what the plan of `answer` asks for, and tells there what came of it.
  void carry_out(RepairWork& work, RepairAnswer& answer);

 private:
  Result<void> refuse_writer(RepairWork& work);
  void carry_out_plan(RepairWork& work, RepairAnswer& answer);
  void set_aside(const RepairWork& work, RepairAnswer& answer);
  void replace(RepairWork& work, RepairAnswer& answer);
  Result<Name> keep_copy(RepairWork& work, RepairAnswer& answer);
  bool put_in_place(RepairWork& work, RepairAnswer& answer);
  void keep_lost(RepairWork& work, RepairAnswer& answer);
  void keep_late(const RepairWork& work, RepairAnswer& answer);
  void remove_source(const Dir& dir, ByteView content, RepairAnswer& answer);
  std::optional<Error> put_empty_session(const RepairWork& work, const RepairAnswer& answer);
  [[nodiscard]] WriteOptions replacing(const RepairWork& work) const;

  Fs& fs_;
  const RepairRequest& request_;
  Neighbours& neighbours_;
  LiveWriters& live_writers_;
  Keeper keeper_;
};

}  // namespace session::commands
