#include <windows.h>

#include "session/process.h"

namespace session {

long process_id() { return static_cast<long>(::GetCurrentProcessId()); }

bool process_is_alive(long pid) {
  if (pid <= 0) return false;
  const HANDLE process = ::OpenProcess(SYNCHRONIZE, FALSE, static_cast<DWORD>(pid));
  if (process == nullptr) return ::GetLastError() == ERROR_ACCESS_DENIED;
  // The object outlives the process as long as anybody holds a handle to it; signalled means ended.
  const bool running = ::WaitForSingleObject(process, 0) == WAIT_TIMEOUT;
  ::CloseHandle(process);
  return running;
}

}  // namespace session
