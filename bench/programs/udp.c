/*
 * Datagrams on 127.0.0.1.
 *
 *     udp single BYTES BATCHES       64 by sendto to an own second socket, then 64 by recvfrom; prints datagrams per second
 *     udp many BYTES BATCHES         the same by one sendmmsg and one recvmmsg
 *     udp echo PORT BYTES ROUNDS     one to a peer and back; prints microseconds a round
 *
 * In one thread nothing gets lost and nobody has to be woken: what is measured is the calls.
 */
#define _GNU_SOURCE /* sendmmsg */
#include "common.h"

enum { BATCH = 64, MAX_BYTES = 1400 };

static char sent[BATCH][MAX_BYTES], received[BATCH][MAX_BYTES];
static struct sockaddr_in receiver_address, senders[BATCH];
static struct iovec sent_pieces[BATCH], received_pieces[BATCH];
static struct mmsghdr to_send[BATCH], to_receive[BATCH];

static void send_singly(int fd, size_t bytes)
{
    for (int i = 0; i < BATCH; i++)
        if (sendto(fd, sent[i], bytes, 0, (struct sockaddr *)&receiver_address, sizeof receiver_address) != (ssize_t)bytes)
            fail("sendto");
}

static void receive_singly(int fd, size_t bytes)
{
    for (int i = 0; i < BATCH; i++) {
        socklen_t length = sizeof senders[i];
        ssize_t n = recvfrom(fd, received[i], sizeof received[i], 0, (struct sockaddr *)&senders[i], &length);
        if (n != (ssize_t)bytes || length != sizeof senders[i]) fail("recvfrom");
    }
}

static void prepare(size_t bytes)
{
    for (int i = 0; i < BATCH; i++) {
        sent_pieces[i] = (struct iovec){sent[i], bytes};
        to_send[i].msg_hdr.msg_name = &receiver_address;
        to_send[i].msg_hdr.msg_namelen = sizeof receiver_address;
        to_send[i].msg_hdr.msg_iov = &sent_pieces[i];
        to_send[i].msg_hdr.msg_iovlen = 1;
        received_pieces[i] = (struct iovec){received[i], sizeof received[i]};
        to_receive[i].msg_hdr.msg_name = &senders[i];
        to_receive[i].msg_hdr.msg_iov = &received_pieces[i];
        to_receive[i].msg_hdr.msg_iovlen = 1;
    }
}

static void send_many(int fd, size_t bytes)
{
    if (sendmmsg(fd, to_send, BATCH, 0) != BATCH) fail("sendmmsg");
    for (int i = 0; i < BATCH; i++)
        if (to_send[i].msg_len != bytes) fail("sendmmsg");
}

static void receive_many(int fd, size_t bytes)
{
    for (int i = 0; i < BATCH; i++) to_receive[i].msg_hdr.msg_namelen = sizeof senders[i];
    if (recvmmsg(fd, to_receive, BATCH, 0, NULL) != BATCH) fail("recvmmsg");
    for (int i = 0; i < BATCH; i++)
        if (to_receive[i].msg_len != bytes) fail("recvmmsg");
}

static void batches(int many, int sender, int receiver, size_t bytes, int count, in_port_t sender_port)
{
    for (int batch = 0; batch < count; batch++) {
        for (int i = 0; i < BATCH; i++) sent[i][0] = (char)(batch + i);
        if (many) {
            send_many(sender, bytes);
            receive_many(receiver, bytes);
        } else {
            send_singly(sender, bytes);
            receive_singly(receiver, bytes);
        }
        for (int i = 0; i < BATCH; i++)
            if (received[i][0] != (char)(batch + i) || senders[i].sin_port != sender_port) fail("wrong datagram");
    }
}

static double datagrams_a_second(int many, size_t bytes, int count)
{
    int sender_port, receiver_port;
    int sender = bound_socket(SOCK_DGRAM, &sender_port), receiver = bound_socket(SOCK_DGRAM, &receiver_port);
    receiver_address = loopback(receiver_port);
    prepare(bytes);
    batches(many, sender, receiver, bytes, 200 + count / 10, htons((in_port_t)sender_port));
    double start = seconds();
    batches(many, sender, receiver, bytes, count, htons((in_port_t)sender_port));
    return (double)count * BATCH / (seconds() - start);
}

static void round_trips(int fd, const struct sockaddr_in *peer, size_t bytes, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        sent[0][0] = (char)i;
        if (sendto(fd, sent[0], bytes, 0, (const struct sockaddr *)peer, sizeof *peer) != (ssize_t)bytes) fail("sendto");
        if (recvfrom(fd, received[0], bytes, 0, (struct sockaddr *)&from, &length) != (ssize_t)bytes) fail("recvfrom");
        if (received[0][0] != (char)i || from.sin_port != peer->sin_port) fail("wrong echo");
    }
}

static double microseconds_a_round(int port, size_t bytes, int rounds)
{
    struct sockaddr_in peer = loopback(port);
    int own_port, fd = bound_socket(SOCK_DGRAM, &own_port);
    round_trips(fd, &peer, bytes, 3000 + rounds / 10);
    double start = seconds();
    round_trips(fd, &peer, bytes, rounds);
    double took = seconds() - start;
    if (sendto(fd, "", 0, 0, (struct sockaddr *)&peer, sizeof peer) != 0) fail("the last one");
    return took * 1e6 / rounds;
}

int main(int argc, char **argv)
{
    int is_echo = argc == 5 && strcmp(argv[1], "echo") == 0;
    if (argc != 4 && !is_echo) return 2;
    size_t bytes = (size_t)atoi(argv[is_echo ? 3 : 2]);
    int count = atoi(argv[is_echo ? 4 : 3]);
    if (bytes < 1 || bytes > MAX_BYTES) return 2;
    if (is_echo)
        printf("%.3f\n", microseconds_a_round(atoi(argv[2]), bytes, count));
    else
        printf("%.0f\n", datagrams_a_second(strcmp(argv[1], "many") == 0, bytes, count));
    return 0;
}
