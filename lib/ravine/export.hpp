#pragma once

// The library is compiled with hidden visibility; what this marks is its public interface.
#define RAVINE_EXPORT __attribute__((visibility("default")))
