#pragma once

#include <span>

#include "ravine/core/real.hpp"

namespace ravine {

/// At least so many numbers that belong to the calling thread, for one layer at a time: what a
/// pass needs beside the workspace (Layer::scratch_bytes). All layers share the room, which grows
/// to the most that one of them asked for; its content is lost when it grows.
inline std::span<Real> thread_room(std::size_t least) {
  thread_local AlignedVector<Real> room;
  if (room.size() < least) {
    room = {};  // before the larger one is there
    room.resize(least);
  }
  return room;
}

}  // namespace ravine
