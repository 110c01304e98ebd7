/* support.c - see support.h. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(0x2545F4914F6CDD1D);
}

double random_part(uint64_t *seed)
{
    return (double)(random_next(seed) >> 11) / 9007199254740992.0;
}

void make_tone(int16_t *pcm, size_t n, double hertz, double amplitude, double rate, size_t at)
{
    for (size_t i = 0; i < n; i++)
        pcm[i] = (int16_t)lrint(amplitude * sin(2 * PI * hertz * (double)(at + i) / rate));
}

void make_noise(int16_t *pcm, size_t n, double amplitude, uint64_t *seed)
{
    for (size_t i = 0; i < n; i++)
        pcm[i] = (int16_t)lrint(amplitude * (2 * random_part(seed) - 1));
}

void make_speech(int16_t *pcm, size_t n)
{
    uint64_t seed = 7;
    double phase = 0;
    for (size_t i = 0; i < n; i++) {
        double t = (double)i / 48000, pitch = 145 + 35 * sin(2 * PI * 0.7 * t), voice = 0;
        double syllable = pow(fabs(sin(PI * 4 * t)), 0.5),
               first = 500 + 300 * sin(2 * PI * 1.3 * t);
        phase += 2 * PI * pitch / 48000;
        for (int k = 1; k <= 24; k++) {
            double hertz = k * pitch;
            double formants = 1 / (1 + pow((hertz - first) / 150, 2)) +
                              0.4 / (1 + pow((hertz - 1700) / 250, 2)) + 0.02;
            voice += formants * sin(k * phase);
        }
        bool pause = fmod(t, 1.0) > 0.8;
        double noise = 2 * random_part(&seed) - 1;
        pcm[i] = (int16_t)lrint(pause ? 4 * noise : 6000 * syllable * voice + 40 * noise);
    }
}

double snr_db(const int16_t *wanted, const int16_t *got, size_t n)
{
    double signal = 1e-9, noise = 1e-9;
    for (size_t i = 0; i < n; i++) {
        double difference = (double)wanted[i] - got[i];
        signal += (double)wanted[i] * wanted[i];
        noise += difference * difference;
    }
    return 10 * log10(signal / noise);
}

double segmental_snr_db(const int16_t *wanted, const int16_t *got, size_t n)
{
    double sum = 0;
    size_t pieces = 0;
    for (size_t i = 0; i + 960 <= n; i += 960) {
        double snr = snr_db(wanted + i, got + i, 960);
        if (power_db(wanted + i, 960) < -50)
            continue;
        sum += snr < -10 ? -10 : snr > 35 ? 35 : snr;
        pieces++;
    }
    return pieces == 0 ? 0 : sum / (double)pieces;
}

double power_db(const int16_t *pcm, size_t n)
{
    double sum = 1e-9;
    for (size_t i = 0; i < n; i++)
        sum += (double)pcm[i] * pcm[i];
    return 10 * log10(sum / (double)n / (32768.0 * 32768.0));
}

size_t best_lag(const int16_t *wanted, const int16_t *got, size_t n, size_t longest,
                double *correlation)
{
    size_t best = 0;
    *correlation = -2;
    for (size_t lag = 0; lag <= longest; lag++) {
        double product = 0, a = 1e-9, b = 1e-9;
        for (size_t i = 0; i < n; i++) {
            product += (double)wanted[i] * got[i + lag];
            a += (double)wanted[i] * wanted[i];
            b += (double)got[i + lag] * got[i + lag];
        }
        if (product / sqrt(a * b) > *correlation) {
            *correlation = product / sqrt(a * b);
            best = lag;
        }
    }
    return best;
}

double tone_db(const int16_t *pcm, size_t from, size_t n, double hertz)
{
    double real = 0, imaginary = 0;
    for (size_t i = 0; i < n; i++) {
        double angle = 2 * 3.14159265358979 * hertz * (double)(from + i) / 48000;
        real += pcm[from + i] * cos(angle);
        imaginary += pcm[from + i] * sin(angle);
    }
    return 20 * log10(2 * sqrt(real * real + imaginary * imaginary) / (double)n / 32768 + 1e-9);
}

int steepest(const int16_t *pcm, size_t from, size_t n)
{
    int most = 0;
    for (size_t i = from + 1; i < from + n; i++)
        most = abs(pcm[i] - pcm[i - 1]) > most ? abs(pcm[i] - pcm[i - 1]) : most;
    return most;
}
