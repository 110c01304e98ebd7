/* command_sound_devices.c - lists microphones and loudspeakers, for --device. */
#include "cli.h"
#include "device.h"

int command_sound_devices(const struct cli *cli)
{
    (void)cli;
    return device_print_all() ? CLI_DONE : CLI_WRONG_USE;
}
