#include "commands/verify/tally.h"

#include <nlohmann/json.hpp>

#include "session/repair.h"

namespace session::commands {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok: return "ok";
    case Verdict::warn: return "warn";
    case Verdict::beyond_limits: return "beyond-limits";
    case Verdict::damaged: return "damaged";
  }
  return "damaged";
}

void Tally::add(const VerifyAnswer& answer) {
  if (answer.inspection.error) {
    ++unreadable;
    ++files;
    return;
  }
  const Diagnosis& diagnosis = answer.inspection.diagnosis;
  for (const Finding& finding : diagnosis.findings) ++kinds[static_cast<std::size_t>(finding.kind)];
  if (!answer.is_file) {
    ++artifacts;
    return;
  }
  ++files;
  ++verdicts[static_cast<std::size_t>(diagnosis.verdict)];
  bytes += diagnosis.bytes;
  records += diagnosis.records;
}

void Tally::add_damaged(const Diagnosis& diagnosis) {
  if (needs_repair(diagnosis)) {
    ++repairable;
    return;
  }
  ++beyond_repair;
  for (const Finding& finding : diagnosis.findings) {
    const KindRow& row = row_of(finding.kind);
    if (!row.option.empty() && severity_of(finding) == Severity::error) fix_options.insert(row.option);
  }
}

void Tally::write_to(cli::Json& record) const {
  record["files"] = files;
  record["bytes"] = bytes;
  record["records"] = records;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    record[std::string(name_of(static_cast<Verdict>(i)))] = verdicts[i];
  }
  record["unreadable"] = unreadable;
  record["artifacts"] = artifacts;
  record["findings"] = cli::Json::object();
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] > 0) record["findings"][std::string(id_of(static_cast<Kind>(i)))] = kinds[i];
  }
}

}  // namespace session::commands
