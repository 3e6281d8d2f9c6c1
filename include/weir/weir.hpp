#pragma once
// Everything that a server of one's own includes.
#include <weir/address.hpp>
#include <weir/bytes.hpp>
#include <weir/error.hpp>
#include <weir/io.hpp>
#include <weir/mailbox.hpp>
#include <weir/service.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>
#include <weir/time.hpp>
